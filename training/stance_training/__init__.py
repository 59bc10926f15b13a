"""Configs in, checkpoints and reports out: training and evaluation of the stance classifier."""
