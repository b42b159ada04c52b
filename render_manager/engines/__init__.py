"""Renderer programs: how each is found, inspected, launched, read and understood."""
