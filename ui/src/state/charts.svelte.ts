import { asProblem, type Bridge, type Problem } from '../bridge/bridge';
import type { Charts, SourceId, Span } from '../bridge/types';

/** The spans that can be looked at, shortest first. */
export const SPANS: Span[] = ['hour', 'day', 'week'];
/** How often a span is read again while something arrives: the longer it is, the less a moment changes it. */
export const PACE: Record<Span, number> = { hour: 5_000, day: 15_000, week: 60_000 };
/** How often it is read again though nothing arrives: time goes on. */
export const IDLE = 60_000;

/** The figures of one span, read again at a pace while they are looked at. */
export class ChartsOf {
  /** What was last told; it stays until there is something newer, also of another span. */
  told = $state.raw<Charts | null>(null);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  problem = $state.raw<Problem | null>(null);
  span = $state<Span>('day');

  readonly #bridge: Bridge;
  #source: SourceId | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Whether something has arrived since it was read. */
  #stale = false;
  #readAt = 0;
  #load = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** It is looked at from now on. */
  show(): void {
    this.#begin();
  }

  /** Nobody looks any more. */
  hide(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Looks at this span. */
  choose(span: Span): void {
    if (span === this.span) return;
    this.span = span;
    this.#begin();
  }

  /** Looks at this source alone; `null`: at all. */
  only(source: SourceId | null): void {
    this.#source = source;
    if (this.#timer !== undefined) this.#begin();
  }

  /** Something has arrived. */
  note(): void {
    this.#stale = true;
  }

  /** Reads it now. */
  async load(): Promise<void> {
    const load = ++this.#load;
    this.#stale = false;
    this.#readAt = Date.now();
    try {
      const told = await this.#bridge.charts(this.span, this.#source);
      if (load !== this.#load) return;
      this.told = told;
      this.phase = 'ready';
      this.problem = null;
    } catch (error) {
      if (load !== this.#load) return;
      this.phase = 'failed';
      this.problem = asProblem(error);
    }
  }

  #begin(): void {
    this.hide();
    this.#timer = setInterval(() => {
      const isDue = this.#stale || Date.now() - this.#readAt >= IDLE;
      if (isDue && !document.hidden) void this.load();
    }, PACE[this.span]);
    void this.load();
  }
}
