/** A pure function that works out each answer once. Answers are never `undefined`. */
export function remembered<K, V>(of: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return (key) => {
    const before = known.get(key)
    if (before !== undefined) return before
    const value = of(key)
    known.set(key, value)
    return value
  }
}
