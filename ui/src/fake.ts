// The window in a plain browser, with made-up data. Not part of the program: only `index.html` is built.
import { fakeBridge } from './bridge/fake';
import { sceneFrom } from './bridge/fake/scene';
import { start } from './start';

await start(fakeBridge(sceneFrom(new URLSearchParams(location.search))));
