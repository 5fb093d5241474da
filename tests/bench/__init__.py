"""How fast bptui is, measured against others on the same work: ``make bench``. Nothing here is a test."""
