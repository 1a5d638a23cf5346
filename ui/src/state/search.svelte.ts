import { asProblem, type Bridge, type Problem } from '../bridge/bridge';
import type { Alert, FoundRow, SearchQuery, SearchValues } from '../bridge/types';
import { asks, type Known, narrowed, type Question, questionOf } from '../search/question';

/** Rows asked for at once. */
const PAGE = 100;
/** Rows asked for first: as many as are in sight, which are there the sooner. */
const FIRST = 40;
/** How long nothing was typed before the rest is asked for, in milliseconds: the next key's answer would have to wait for it. */
const SETTLED = 150;
/** The most rows that are kept: who has not found it among so many asks for it more closely. */
const FOUND_KEPT = 2_000;

/** The one question that is asked of the record, and what it found. */
export class Search {
  text = $state('');
  rows = $state.raw<FoundRow[]>([]);
  phase = $state<'idle' | 'loading' | 'ready' | 'failed'>('idle');
  problem = $state.raw<Problem | null>(null);
  /** The event on which the cursor stands. */
  selected = $state<number | null>(null);
  /** What can be asked for by name; empty until it has been told. */
  values = $state.raw<SearchValues>({ scenarios: [], countries: [], channels: [], currencies: [] });
  /** What was typed, understood. */
  question = $state.raw<Question>(questionOf('', { now: 0, sources: [], only: null }));

  /** Alerts among the rows that were told of since. */
  #told = $state.raw<ReadonlyMap<number, Alert>>(new Map());
  readonly #bridge: Bridge;
  readonly #known: () => Known;
  #next: number | null = null;
  /** Grows with each question: an answer to an older one is let go. */
  #asked = 0;
  #asking = false;
  #reading = false;

  /** `known` tells what a question may name. */
  constructor(bridge: Bridge, known: () => Known) {
    this.#bridge = bridge;
    this.#known = known;
  }

  /** Asks this. What was found before stays until there is an answer; only the newest question is asked. */
  async ask(text: string): Promise<void> {
    this.text = text;
    this.question = questionOf(text, this.#known());
    this.#asked++;
    if (this.#asking) return;
    this.#asking = true;
    try {
      let answered: number;
      do {
        answered = this.#asked;
        await this.#answer(answered);
      } while (answered !== this.#asked);
    } finally {
      this.#asking = false;
    }
  }

  /** Looks for older ones once nothing is typed any more, until a page of them is found or there are no more. */
  async older(): Promise<void> {
    if (this.#reading || this.#next === null || this.rows.length >= FOUND_KEPT) return;
    this.#reading = true;
    let asked: number;
    do {
      asked = this.#asked;
      await new Promise((settled) => setTimeout(settled, SETTLED));
    } while (this.#asking || asked !== this.#asked);
    try {
      await this.#read(asked, this.rows.length + PAGE);
    } catch (error) {
      if (asked === this.#asked) this.problem = asProblem(error);
    } finally {
      this.#reading = false;
    }
  }

  /** These alerts stand so now. A row stays where it is, also where it would not be found any more. */
  hear(alerts: readonly Alert[]): void {
    const found = new Set(this.rows.map(({ alert }) => alert));
    const newer = alerts.filter(({ id, change }) => found.has(id) && change >= (this.#told.get(id)?.change ?? 0));
    if (newer.length > 0) this.#told = new Map([...this.#told, ...newer.map((alert) => [alert.id, alert] as const)]);
  }

  /** An alert among the rows. Until it is told of, it is what its row says, which is not whether it was seen or snoozed. */
  alert(id: number): Alert | undefined {
    const row = this.rows.find(({ alert }) => alert === id);
    return row && this.alertOf(row, id);
  }

  /** The alert of a row, in the same way. */
  alertOf({ source, subject, received_at, facts }: FoundRow, id: number): Alert {
    const { severity, state, occurred_at } = facts;
    return (
      this.#told.get(id) ?? {
        id, source, subject, received_at, facts, severity: severity ?? 'low', state: state ?? 'open', occurred_at: occurred_at ?? received_at,
        acknowledged: false, snoozed_until: null, change: 0,
      }
    );
  }

  /** Asks what can be asked for by name. */
  async learn(): Promise<void> {
    this.values = await this.#bridge.searchValues();
  }

  get #query(): SearchQuery {
    return narrowed(this.question, this.#known());
  }

  async #answer(asked: number): Promise<void> {
    this.#next = null;
    this.problem = null;
    if (!asks(this.question.query)) {
      this.rows = [];
      this.phase = 'idle';
      return;
    }
    if (this.phase !== 'ready') this.phase = 'loading';
    try {
      const first = await this.#bridge.search(this.#query, null, FIRST);
      if (asked !== this.#asked) return;
      this.#told = new Map();
      this.rows = first.rows;
      this.#next = first.next;
      // Many may have been looked at for nothing.
      if (first.rows.length === 0 && first.next !== null) this.phase = 'loading';
      await this.#read(asked, 1);
      if (asked !== this.#asked) return;
      this.phase = 'ready';
      void this.older();
    } catch (error) {
      if (asked !== this.#asked) return;
      this.phase = 'failed';
      this.problem = asProblem(error);
    }
  }

  /** Reads on until there are so many rows, there are no more, or something else is asked. */
  async #read(asked: number, wanted: number): Promise<void> {
    const query = this.#query;
    while (this.#next !== null && this.rows.length < wanted && asked === this.#asked) {
      const page = await this.#bridge.search(query, this.#next, PAGE);
      if (asked !== this.#asked) return;
      this.rows = [...this.rows, ...page.rows];
      this.#next = page.next;
    }
  }
}
