"""The window; with `app`, the only place that knows Qt."""
