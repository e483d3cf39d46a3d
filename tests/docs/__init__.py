"""The papers in ``docs/``, held to the code: what is listed there is written from it, or compared with it."""
