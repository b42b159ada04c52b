"""The surroundings: settings, folders, resources, log, lock, crash file. No Qt."""
