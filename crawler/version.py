"""The version of Vestnik."""

VERSION = "0.3.0"
