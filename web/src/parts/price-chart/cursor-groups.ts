/** Charts of one group share a cursor: where one's is, the others' is too. */
type Follower = (timeS: number | null, price: number | null) => void;

const groups = new Map<string, Set<Follower>>();

export function joinCursors(group: string, follow: Follower): { tell: Follower; leave: () => void } {
  const members = groups.get(group) ?? new Set();
  groups.set(group, members);
  members.add(follow);
  return {
    tell(timeS, price) {
      for (const each of members) if (each !== follow) each(timeS, price);
    },
    leave() {
      members.delete(follow);
      if (members.size === 0) groups.delete(group);
    },
  };
}
