"""What a person looks at afterwards: one self-contained page about a recording, a day or a range of days."""
