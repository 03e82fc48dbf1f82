"""The sample team that `vigie demo` serves: its runs are written here, its wiki and code lie in examples/team."""
