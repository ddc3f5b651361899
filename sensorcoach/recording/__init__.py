"""What is kept of a stream and how it comes back: journals of raw packets, CSV input, tables on the way out."""

from .arrays import ArrayRecording, from_arrays
from .csv_input import read_csv
from .journal_format import JournalHeader, Note, SensorHeader
from .journal_reader import Batch, JournalReader
from .journal_writer import JournalWriter
from .problems import Problem, ProblemLog
from .segments import journal_folder
from .source import Source, load_source
from .tables import open_table, write_table

__all__ = [
    "ArrayRecording",
    "Batch",
    "JournalHeader",
    "JournalReader",
    "JournalWriter",
    "Note",
    "Problem",
    "ProblemLog",
    "SensorHeader",
    "Source",
    "from_arrays",
    "journal_folder",
    "load_source",
    "open_table",
    "read_csv",
    "write_table",
]
