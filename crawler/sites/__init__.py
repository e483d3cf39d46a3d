"""Shipped site profiles, one TOML file each."""
