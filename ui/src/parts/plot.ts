// Draws columns over time on a canvas. Loaded when the first chart is shown: nothing else waits for the library.
import './tag';

import uPlot from 'uplot';
import '../style/plot.css';

/** What is drawn: for each stretch of time a column, which may be of several layers. */
export interface Drawing {
  /** When each stretch begins, in milliseconds, and how long they are. */
  times: readonly number[];
  step: number;
  /** What each layer has in each stretch; the first is the lowest. */
  layers: readonly { values: readonly number[]; token: string }[];
  /** Whether there are only whole numbers. */
  whole: boolean;
  /** A time at the lower edge, in words. */
  time: (time: number) => string;
  /** A value at the left edge, in words. */
  value: (value: number) => string;
}

/** A drawing on the page. */
export interface Plot {
  update(drawing: Drawing): void;
  resize(width: number): void;
  /** Takes it off the page. */
  end(): void;
}

/** Room for the values at the left edge, and for the times at the lower one. */
const VALUES_WIDTH = 64;
const TIMES_HEIGHT = 28;
/** A time at the very end stands half beside the columns. */
const LAST_TIME_WIDTH = 64;
/** The least room between two words of an edge. */
const TIMES_APART = 72;
const VALUES_APART = 32;
/** Steps of whole numbers that are easy to read. */
const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

/** Draws into `host`, so high; `onpoint` is told which stretch the pointer is in. */
export function draw(host: HTMLElement, height: number, first: Drawing, onpoint: (index: number | null) => void): Plot {
  let drawing = first;
  // Read as it is drawn, so that a change of the theme shows at once.
  const colour = (token: string) => () => getComputedStyle(host).getPropertyValue(token).trim();
  const edge = { stroke: colour('--text-quiet'), font: `12px ${colour('--font')()}`, ticks: { show: false } };
  const plot = new uPlot(
    {
      width: Math.max(1, host.clientWidth),
      height,
      padding: [8, LAST_TIME_WIDTH / 2, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
      scales: {
        x: { range: () => [(drawing.times[0] ?? 0) / 1_000, endOf(drawing) / 1_000] },
        y: { range: (_, least, most) => [Math.min(0, least), Math.max(drawing.whole ? 4 : 1, most) * 1.05] },
      },
      series: [
        {},
        // The highest layer first: each lower one is drawn over it.
        ...[...first.layers].reverse().map(({ token }) => ({
          fill: colour(token),
          stroke: colour('--surface'),
          width: 1,
          fillTo: 0,
          paths: uPlot.paths.bars?.({ size: [0.9], align: 1 }),
          points: { show: false },
        })),
      ] as uPlot.Series[],
      axes: [
        {
          ...edge,
          size: TIMES_HEIGHT,
          space: TIMES_APART,
          grid: { show: false },
          values: (_, splits) => splits.map((time) => drawing.time(time * 1_000)),
        },
        {
          ...edge,
          size: VALUES_WIDTH,
          space: VALUES_APART,
          grid: { stroke: colour('--line'), width: 1 },
          values: (_, splits) => splits.map((value) => drawing.value(value)),
          ...(first.whole ? { incrs: WHOLE_STEPS } : {}),
        },
      ],
      hooks: {
        setCursor: [
          ({ cursor: { left = -1 }, posToVal }) => {
            const time = posToVal(left, 'x') * 1_000 - (drawing.times[0] ?? 0);
            const index = Math.floor(time / drawing.step);
            onpoint(left >= 0 && index >= 0 && index < drawing.times.length ? index : null);
          },
        ],
      },
    },
    stacked(first),
    host,
  );

  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const repaint = () => plot.redraw(false);
  scheme.addEventListener('change', repaint);

  return {
    update(next) {
      drawing = next;
      plot.setData(stacked(next));
    },
    resize: (width) => plot.setSize({ width: Math.max(1, width), height }),
    end() {
      scheme.removeEventListener('change', repaint);
      plot.destroy();
    },
  };
}

function endOf({ times, step }: Drawing): number {
  return (times.at(-1) ?? 0) + step;
}

/** The layers one upon the other, the highest first. Where a layer has nothing, nothing is drawn. */
export function stacked({ times, layers }: Drawing): uPlot.AlignedData {
  const below = times.map(() => 0);
  const tops = layers.map(({ values }) => values.map((value, index) => (value === 0 ? null : (below[index] = (below[index] ?? 0) + value))));
  return [times.map((time) => time / 1_000), ...tops.reverse()];
}
