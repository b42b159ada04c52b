"""Autodesk Maya: finding it, starting its `Render`, and reading what it and its renderers print."""
