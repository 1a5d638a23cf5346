import type { Bridge } from '../bridge/bridge';
import type { Deed, Overview } from '../bridge/types';

/** What of an alert's deeds is shown first: what the analyst has to decide. */
const RANK = { conflict: 2, refused: 1, waiting: 0, confirmed: -1, withdrawn: -1 } as const;

/** The analyst's deeds that are not confirmed, as the desk last told them. */
export class Outbox {
  deeds = $state.raw<Deed[]>([]);

  readonly #bridge: Bridge;
  #change = 0;

  /** The deed of each alert that says most of it: the last of those that rank highest. */
  readonly #byAlert = $derived.by(() => {
    const found = new Map<number, Deed>();
    for (const deed of this.deeds) {
      const before = found.get(deed.alert);
      if (!before || RANK[deed.standing.kind] >= RANK[before.standing.kind]) found.set(deed.alert, deed);
    }
    return found;
  });

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Asks for the deeds if they have changed; whether they had. */
  async follow({ outbox }: Overview): Promise<boolean> {
    if (outbox.change === this.#change) return false;
    this.#change = outbox.change;
    const { waiting, refused, conflicts } = outbox;
    this.deeds = waiting + refused + conflicts === 0 ? [] : await this.#bridge.outbox();
    return true;
  }

  /** The deed of an alert that is not confirmed; the one to decide on first. */
  of(alert: number): Deed | undefined {
    return this.#byAlert.get(alert);
  }

  /** The first deed that the analyst has to decide on. */
  get toDecide(): Deed | undefined {
    return this.deeds.find(({ standing }) => standing.kind === 'conflict' || standing.kind === 'refused');
  }
}
