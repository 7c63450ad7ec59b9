"""What goes wrong with the files that are measured on, whatever they hold."""


class WrongFile(Exception):
    """A file cannot be read; the message is one line with the file, the place in it and what is wrong."""
