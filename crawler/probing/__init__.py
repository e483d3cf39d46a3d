"""Looking at an unknown site to write its profile: pure rules, and a thin spider that fetches what they ask for."""
