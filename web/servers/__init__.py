"""The live processes of this machine, for who runs the fair."""
