// The conversation as the server numbered it: one row a seq, however often it arrives.
export function makeStore() {
  let rows = [];
  const bySeq = new Map();
  const store = {
    rows: () => rows,
    lowest: () => (rows.length ? rows[0].seq : 0),
    highest: () => (rows.length ? rows[rows.length - 1].seq : 0),

    // A row that is known already takes over what the server says of it (a masked card number).
    put(row) {
      const known = bySeq.get(row.seq);
      if (known) return Object.assign(known, row);
      bySeq.set(row.seq, row);
      rows.push(row);
      rows.sort((a, b) => a.seq - b.seq);
      return row;
    },

    // Our own message has its number now. Its row may have come first: then that one stays.
    adopt(entry, seq) {
      if (bySeq.has(seq)) Object.assign(bySeq.get(seq), { id: entry.id });
      else store.put(Object.assign(entry, { seq }));
    },

    clear() {
      rows = [];
      bySeq.clear();
    },
  };
  return store;
}
