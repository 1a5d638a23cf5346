import { asProblem, type Bridge, type Problem } from '../bridge/bridge';
import type { FoundRow, SearchQuery, SearchValues } from '../bridge/types';
import { asks, type Known, type Question, questionOf } from '../search/question';

/** Rows asked for at once. */
const PAGE = 100;
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

  readonly #bridge: Bridge;
  readonly #known: () => Known;
  #next: number | null = null;
  /** Grows with each question: an answer to an older one is let go. */
  #asked = 0;
  #asking = false;

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

  /** Looks for older ones, until a page of them is found or there are no more. */
  async older(): Promise<void> {
    if (this.#asking || this.#next === null || this.rows.length >= FOUND_KEPT) return;
    this.#asking = true;
    const asked = this.#asked;
    try {
      await this.#read(asked, this.rows.length + PAGE);
    } catch (error) {
      this.problem = asProblem(error);
    } finally {
      this.#asking = false;
    }
    if (asked !== this.#asked) await this.ask(this.text);
  }

  /** Asks what can be asked for by name. */
  async learn(): Promise<void> {
    this.values = await this.#bridge.searchValues();
  }

  /** The question, of the source that all places show unless it names another. */
  get #query(): SearchQuery {
    const { query } = this.question;
    return { ...query, source: query.source ?? this.#known().only };
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
      const first = await this.#bridge.search(this.#query, null, PAGE);
      if (asked !== this.#asked) return;
      this.rows = first.rows;
      this.#next = first.next;
      await this.#read(asked, PAGE);
      if (asked === this.#asked) this.phase = 'ready';
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
