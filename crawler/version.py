"""The version of Vestnik."""

VERSION = "0.2.0"
