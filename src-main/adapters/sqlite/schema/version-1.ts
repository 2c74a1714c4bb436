// Version 1 of the database: turns, traces, imports, pairs, labels, datasets, settings.

/**
 * Rows refer to one another by a small integer `n`; what the world calls them (`id`) stands once, as 32 bytes where it is a hash.
 * `n` grows with arrival. Numbers and texts are as the contract names them; times are epoch ms.
 */
export const version1 = `
-- The turn tree. role: position in roles of turns.ts. message: JSON.
CREATE TABLE turns (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  parent INTEGER REFERENCES turns (n),
  depth INTEGER NOT NULL,
  role INTEGER NOT NULL,
  message TEXT NOT NULL
);
CREATE UNIQUE INDEX turns_id ON turns (id);
CREATE INDEX turns_parent ON turns (parent, role);

-- Words of turns and of span names: which row holds which word, no text and no positions, as no query asks for phrases.
CREATE VIRTUAL TABLE turn_words USING fts5 (
  text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE span_name_words USING fts5 (
  name, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE imports (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  summary TEXT NOT NULL
);
CREATE TABLE rejects (
  n INTEGER PRIMARY KEY,
  import INTEGER NOT NULL REFERENCES imports (n),
  reject TEXT NOT NULL
);
CREATE INDEX rejects_import ON rejects (import);

-- What gives a source back: a patch a record, and a chain of patches along its messages, shared as turns are.
CREATE TABLE records (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  import INTEGER NOT NULL REFERENCES imports (n),
  position INTEGER NOT NULL,
  patch TEXT
);
CREATE TABLE residues (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  parent INTEGER REFERENCES residues (n),
  "index" INTEGER NOT NULL,
  patch TEXT NOT NULL
);

-- side: 0 whole record, 1 chosen, 2 rejected.
CREATE TABLE traces (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  record INTEGER NOT NULL REFERENCES records (n),
  side INTEGER NOT NULL,
  residue INTEGER REFERENCES residues (n),
  import INTEGER NOT NULL REFERENCES imports (n),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  "group" TEXT,
  model TEXT,
  error TEXT,
  leaf INTEGER REFERENCES turns (n),
  messages INTEGER NOT NULL,
  spans INTEGER NOT NULL,
  tool_calls INTEGER NOT NULL,
  started_at REAL,
  ended_at REAL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  imported_at REAL NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX traces_record ON traces (record);
CREATE INDEX traces_leaf ON traces (leaf);
CREATE INDEX traces_group ON traces ("group") WHERE "group" IS NOT NULL;
CREATE INDEX traces_removed ON traces (removed) WHERE removed = 1;

CREATE TABLE scores (
  trace INTEGER NOT NULL REFERENCES traces (n),
  place INTEGER NOT NULL,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  comment TEXT,
  PRIMARY KEY (trace, place)
) WITHOUT ROWID;

CREATE TABLE span_names (
  n INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE spans (
  n INTEGER PRIMARY KEY,
  trace INTEGER NOT NULL REFERENCES traces (n),
  id BLOB NOT NULL,
  parent BLOB,
  name INTEGER NOT NULL REFERENCES span_names (n),
  kind TEXT NOT NULL,
  started_at REAL,
  ended_at REAL,
  error TEXT,
  read INTEGER REFERENCES turns (n),
  wrote INTEGER REFERENCES turns (n),
  attributes TEXT NOT NULL
);
CREATE UNIQUE INDEX spans_id ON spans (trace, id);
CREATE INDEX spans_wrote ON spans (wrote, trace) WHERE wrote IS NOT NULL;
CREATE TABLE trace_span_names (
  name INTEGER NOT NULL REFERENCES span_names (n),
  trace INTEGER NOT NULL REFERENCES traces (n),
  PRIMARY KEY (name, trace)
) WITHOUT ROWID;

CREATE TABLE pairs (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  prompt INTEGER NOT NULL REFERENCES turns (n),
  a INTEGER NOT NULL REFERENCES turns (n),
  b INTEGER NOT NULL REFERENCES turns (n),
  reason TEXT NOT NULL,
  "group" TEXT,
  trace_a INTEGER REFERENCES traces (n),
  trace_b INTEGER REFERENCES traces (n),
  created_at REAL NOT NULL
);
CREATE INDEX pairs_kind ON pairs (kind);

CREATE TABLE annotators (
  n INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at REAL NOT NULL
);
-- human: 1, imported: 0. repeated: 1 while a live label repeats this one.
CREATE TABLE labels (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  pair INTEGER NOT NULL REFERENCES pairs (n),
  annotator INTEGER NOT NULL REFERENCES annotators (n),
  choice TEXT NOT NULL,
  strength INTEGER NOT NULL,
  tags TEXT NOT NULL,
  rationale TEXT,
  edit INTEGER REFERENCES turns (n),
  swapped INTEGER NOT NULL,
  elapsed_ms REAL NOT NULL,
  repeats INTEGER REFERENCES labels (n),
  repeated INTEGER NOT NULL DEFAULT 0,
  human INTEGER NOT NULL,
  created_at REAL NOT NULL,
  undone_at REAL
);
CREATE INDEX labels_pair ON labels (pair, annotator) WHERE undone_at IS NULL;
CREATE INDEX labels_annotator ON labels (annotator, human) WHERE undone_at IS NULL;
CREATE INDEX labels_time ON labels (annotator, created_at) WHERE undone_at IS NULL AND human = 1;
CREATE INDEX labels_repeatable ON labels (annotator)
  WHERE undone_at IS NULL AND human = 1 AND repeats IS NULL AND repeated = 0;
CREATE TABLE label_tags (
  tag TEXT NOT NULL,
  label INTEGER NOT NULL REFERENCES labels (n),
  PRIMARY KEY (tag, label)
) WITHOUT ROWID;
-- What undo walks back. label: NULL for a skip. AUTOINCREMENT: a sequence number is never given twice.
CREATE TABLE acts (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  annotator INTEGER NOT NULL REFERENCES annotators (n),
  at REAL NOT NULL,
  pair INTEGER NOT NULL REFERENCES pairs (n),
  label INTEGER REFERENCES labels (n)
);
CREATE INDEX acts_annotator ON acts (annotator);
CREATE INDEX acts_pair ON acts (annotator, pair);

CREATE TABLE datasets (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  recipe TEXT NOT NULL,
  created_at REAL NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0
);
-- The frozen choices of one hash stand once, however many datasets came to them.
CREATE TABLE frozen (
  n INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  recipe TEXT NOT NULL
);
CREATE TABLE frozen_choices (
  frozen INTEGER NOT NULL REFERENCES frozen (n),
  place INTEGER NOT NULL,
  choice TEXT NOT NULL,
  PRIMARY KEY (frozen, place)
) WITHOUT ROWID;
CREATE TABLE versions (
  dataset INTEGER NOT NULL REFERENCES datasets (n),
  frozen INTEGER NOT NULL REFERENCES frozen (n),
  number INTEGER NOT NULL,
  created_at REAL NOT NULL,
  choices INTEGER NOT NULL,
  PRIMARY KEY (dataset, frozen)
) WITHOUT ROWID;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
`;
