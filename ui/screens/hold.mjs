// Whether a place holds, whatever it is told and however little room it has: `layout` runs in the page.

/** What of the page does not hold: the rule, and how it is broken. */
export function layout() {
  const found = [];
  /** The least height of a place, in pixels. */
  const PLACE = 200;
  const SLACK = 2;
  /** The least of a control that has to be in sight, in pixels. */
  const SEEN = 20;
  /** No text is higher than this, in pixels. */
  const TALL = 640;
  const name = (element) => `${element.tagName.toLowerCase()}${element.dataset.testid ? `[${element.dataset.testid}]` : ''}.${element.className?.baseVal ?? element.className}`;
  const inSight = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.getClientRects().length > 0;
  const isSmall = ({ width, height }) => width <= 1 || height <= 1;
  const tell = (rule, element, more = '') => found.push([rule, `${name(element)} ${more}`]);

  if (document.title !== 'Vigie') found.push(['A text ran', document.title]);
  for (const alien of document.querySelectorAll('img, iframe, object, embed, #window script, #window style')) {
    tell('A text became an element', alien);
  }

  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) tell('The window is wider than it is', root, `by ${root.scrollWidth - innerWidth}`);

  // What scrolls to the side is a table, or one line of buttons.
  for (const box of document.querySelectorAll('body *')) {
    const { overflowX } = getComputedStyle(box);
    if (!/auto|scroll/.test(overflowX) || box.scrollWidth <= box.clientWidth + SLACK || !inSight(box)) continue;
    if (!box.matches('.table, [role=toolbar], input, textarea, select') && !box.querySelector(':scope > .rows > .transaction-columns')) {
      tell('Scrolls to the side', box, `${box.scrollWidth} in ${box.clientWidth}`);
    }
  }

  for (const row of document.querySelectorAll('.list [role=option]')) {
    const { top, bottom, height } = row.getBoundingClientRect();
    if (height !== 40 && height !== 32) tell('A row is not as high as it should be', row, `${height}`);
    for (const part of row.querySelectorAll('*')) {
      const at = part.getBoundingClientRect();
      if (isSmall(at) || !inSight(part)) continue;
      if (at.top < top - SLACK || at.bottom > bottom + SLACK) tell('A row’s text leaves it', part, `${at.top - top} to ${at.bottom - top} of ${height}`);
    }
  }

  // Of what people write, in the smallest window there is.
  if (innerWidth >= 1024 && location.search.includes('tame')) {
    const needed = ['amount', 'customer', 'age', 'state', 'time'].map((column) => `.list .${column}, .list .${column} bdi`);
    for (const part of document.querySelectorAll(`${needed}, .list time`)) {
      if (part.scrollWidth > part.clientWidth && inSight(part)) tell('What is needed of a row is cut', part, part.textContent.trim());
    }
  }

  for (const text of document.querySelectorAll('bdi, h1, h2, h3, p, li span')) {
    const { height } = text.getBoundingClientRect();
    if (inSight(text) && height > TALL) tell('A text takes all the room', text, `${height}`);
  }

  const place = document.querySelector('.place');
  if (place && place.offsetHeight < PLACE) tell('A place has no room', place, `${place.offsetHeight}`);

  // Every control can be brought into sight and pressed.
  const dialog = document.querySelector('dialog[open]');
  const cover = document.querySelector('aside');
  const isCovering = cover && getComputedStyle(cover).position === 'absolute';
  for (const control of (dialog ?? document).querySelectorAll('button, input, select, a, [role=separator]')) {
    if (!inSight(control) || (isCovering && control.closest('.main')) || control.closest('.visually-hidden')) continue;
    control.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
    const at = control.getBoundingClientRect();
    if (isSmall(at)) continue;
    const seen = { x: Math.min(at.right, innerWidth) - Math.max(at.left, 0), y: Math.min(at.bottom, innerHeight) - Math.max(at.top, 0) };
    if (seen.x < Math.min(SEEN, at.width) - SLACK || seen.y < Math.min(SEEN, at.height) - SLACK) {
      tell('A control is out of reach', control, `${Math.round(at.left)},${Math.round(at.top)} ${Math.round(at.width)}×${Math.round(at.height)}`);
      continue;
    }
    if (at.right > innerWidth + SLACK && at.width <= innerWidth) tell('A control is cut off', control, `ends at ${Math.round(at.right)} of ${innerWidth}`);
    const [x, y] = [(Math.max(at.left, 0) + Math.min(at.right, innerWidth)) / 2, (Math.max(at.top, 0) + Math.min(at.bottom, innerHeight)) / 2];
    const hit = document.elementFromPoint(x, y);
    const isHit = hit && (control.contains(hit) || hit.contains(control) || hit.closest('label')?.contains(control) || hit.closest('.source')?.contains(control));
    if (!isHit) tell('A control is covered', control, hit ? `by ${name(hit)}` : '');
  }
  return found;
}
