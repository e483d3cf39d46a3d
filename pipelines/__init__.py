"""What happens to an article between the spider and the database: one stage a file."""
