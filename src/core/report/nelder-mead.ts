/** Where a minimisation ended. `converged` is false where it ran out of steps. */
export interface Minimum {
  readonly at: readonly number[];
  readonly value: number;
  readonly converged: boolean;
}

interface Vertex {
  readonly x: readonly number[];
  readonly f: number;
}

/**
 * Minimises a function of a few variables without derivatives (Nelder & Mead, Computer Journal 7, 1965; coefficients 1, 2, ½, ½;
 * the first simplex is the start with each coordinate 5 % larger). Stops where vertices and values agree within `tolerance`.
 */
export function nelderMead(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  tolerance = 1e-4,
  maxSteps = 200 * start.length,
): Minimum {
  const vertex = (x: readonly number[]): Vertex => ({ x, f: f(x) });
  let simplex = [
    start,
    ...start.map((_, k) => start.map((x, j) => (j === k ? (x === 0 ? 0.00025 : x * 1.05) : x))),
  ].map(vertex);
  const order = (): void => {
    simplex = simplex.sort((a, b) => a.f - b.f);
  };
  order();
  const last = start.length;
  for (let step = 1; step < maxSteps; step++) {
    const best = simplex[0]!;
    const worst = simplex[last]!;
    if (simplex.every((v) => Math.abs(v.f - best.f) <= tolerance && distance(v.x, best.x) <= tolerance))
      return { at: best.x, value: best.f, converged: true };
    const centre = start.map((_, k) => simplex.slice(0, last).reduce((total, v) => total + v.x[k]!, 0) / last);
    const along = (t: number): Vertex => vertex(centre.map((c, k) => (1 + t) * c - t * worst.x[k]!));
    const reflected = along(1);
    if (reflected.f < best.f) {
      const expanded = along(2);
      simplex[last] = expanded.f < reflected.f ? expanded : reflected;
    } else if (reflected.f < simplex[last - 1]!.f) {
      simplex[last] = reflected;
    } else {
      const outside = reflected.f < worst.f;
      const contracted = along(outside ? 0.5 : -0.5);
      if (outside ? contracted.f <= reflected.f : contracted.f < worst.f) simplex[last] = contracted;
      else
        simplex = simplex.map((v, i) => (i === 0 ? v : vertex(v.x.map((x, k) => best.x[k]! + 0.5 * (x - best.x[k]!)))));
    }
    order();
  }
  return { at: simplex[0]!.x, value: simplex[0]!.f, converged: false };
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((largest, x, k) => Math.max(largest, Math.abs(x - b[k]!)), 0);
}
