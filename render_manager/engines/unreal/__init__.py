"""Unreal Engine: projects, their content, the editor as a renderer, and what it prints."""
