"""What is worth telling somebody: alerts, findings, health."""
