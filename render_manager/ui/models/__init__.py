"""Qt models: immutable row snapshots, swapped by change sets."""
