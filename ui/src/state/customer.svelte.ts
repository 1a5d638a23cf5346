import { asProblem, type Bridge, type Problem } from '../bridge/bridge';
import type { Facts, FoundRow } from '../bridge/types';
import { ofCustomer } from '../search/question';

/** The most that is shown of a customer: what a strip has room for. */
export const SHOWN = 60;
/** Pages that are read for it: of a customer that is rare, most of a page is others'. */
const PAGES = 5;

/** What else is stored of the customer that something is about, newest first. */
export class CustomerOf {
  rows = $state.raw<FoundRow[]>([]);
  /** Whether there is more than is shown. */
  hasMore = $state(false);
  problem = $state.raw<Problem | null>(null);

  readonly #bridge: Bridge;
  #asked = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Reads what is stored of a customer. */
  async load(facts: Facts): Promise<void> {
    const customer = facts.customer ?? facts.customer_name;
    const asked = ++this.#asked;
    let rows: FoundRow[] = [];
    let next: number | null = null;
    try {
      for (let page = 0; customer !== null && page < PAGES && rows.length < SHOWN; page++) {
        const found = await this.#bridge.search(ofCustomer(customer), next, SHOWN);
        if (asked !== this.#asked) return;
        rows = [...rows, ...found.rows];
        next = found.next;
        if (next === null) break;
      }
      if (asked !== this.#asked) return;
      this.rows = rows.slice(0, SHOWN);
      this.hasMore = next !== null || rows.length > SHOWN;
      this.problem = null;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.rows = [];
      this.problem = asProblem(error);
    }
  }
}
