"""The version of Vestnik."""

VERSION = "0.1.0"
