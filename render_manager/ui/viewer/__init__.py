"""The viewer: one frame large, the sequence as a flipbook. Imported when it is first opened."""
