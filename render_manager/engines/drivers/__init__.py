"""Scripts that run inside the engines' own Python; real files on disk, importing nothing of ours."""
