"""Stateful signal primitives that give the same bits for any cut of a stream."""
