"""A class in front of it: every visitor gets a bptui of their own, in a process of its own on a pty of its own."""
