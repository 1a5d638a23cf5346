import { asProblem, type Problem } from '../bridge/bridge';

/** The one thing whose detail is open beside a list. */
export class Opened<Detail> {
  id = $state<number | null>(null);
  detail = $state.raw<Detail | null>(null);
  problem = $state.raw<Problem | null>(null);

  readonly #read: (id: number) => Promise<Detail>;
  #ask = 0;

  /** `read` asks the desk for the detail of a number. */
  constructor(read: (id: number) => Promise<Detail>) {
    this.#read = read;
  }

  /** Opens this one in place of whatever was open; what was shown stays until the new one is there. */
  async open(id: number): Promise<void> {
    if (id === this.id) return;
    this.id = id;
    await this.reload();
  }

  /** Reads what is open again. */
  async reload(): Promise<void> {
    const { id } = this;
    if (id === null) return;
    const ask = ++this.#ask;
    try {
      const detail = await this.#read(id);
      if (ask !== this.#ask) return;
      this.detail = detail;
      this.problem = null;
    } catch (error) {
      if (ask !== this.#ask) return;
      this.detail = null;
      this.problem = asProblem(error);
    }
  }

  /** Closes it. */
  close(): void {
    this.#ask++;
    this.id = null;
    this.detail = null;
    this.problem = null;
  }
}
