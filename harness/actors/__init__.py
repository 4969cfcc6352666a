"""How people work on each kind of source document: one file a kind, a table that names them all.

The same actor writes a document for a verification (in process), for a load (over HTTP) and for the demo.
"""
