// The node-link picture on a canvas: sigma draws what the server has laid out. Accounts are discs, things squares,
// sub-communities discs with a rim; labels say the kind, and the page has the same as a table.
import {createNodeBorderProgram} from '@sigma/node-border';
import {NodeSquareProgram} from '@sigma/node-square';
import Graph from 'graphology';
import Sigma from 'sigma';
import {hex, kindToken} from './ink';
import type {Picture, PictureNode} from './answers';

export interface Drawing {
  /** marks a node and its neighbours, and brings it into view; null: none */
  choose: (id: string | null) => void;
  zoom: (by: 'in' | 'out' | 'all') => void;
  end: () => void;
}

const margin = 36;  // pixels around the picture

/** Radius in pixels: by the layout's own, smaller the more nodes there are, so that ties stay in sight. */
function radii(picture: Picture, box: HTMLElement): (node: PictureNode) => number {
  const reach = (of: (node: PictureNode) => number): number => picture.nodes.reduce((most, node) => Math.max(most, of(node)), -Infinity) - picture.nodes.reduce((least, node) => Math.min(least, of(node)), Infinity);
  const extent = Math.max(reach((node) => node.x), reach((node) => node.y), 1e-9);
  const pixels = (Math.min(box.clientWidth, box.clientHeight) - 2 * margin) / extent;
  const groups = picture.nodes.filter((node) => node.type === 'group').length;
  const crowd = (n: number, easy: number): number => Math.max(0.4, Math.min(1, Math.sqrt(easy / Math.max(1, n))));
  const small = crowd(picture.nodes.length, 120);
  const large = crowd(groups, 20);
  return (node) => (node.type === 'group' ? Math.max(6, Math.min(22, node.size * pixels) * large) : Math.max(2, Math.min(node.type === 'account' ? 6 : 9, node.size * pixels) * small));
}

export function colourToken(node: PictureNode): string {
  if (node.type === 'account') return node.tier === 'ban' ? '--ban' : node.tier === 'review' ? '--review' : '--watch';
  return node.type === 'group' ? '--line-strong' : kindToken(node.kind ?? '');
}

export const nodeLabel = (node: PictureNode): string => (node.type === 'thing' ? `${node.kind ?? ''} ${node.label}` : node.label);

/** Draws into `box`. Throws where the browser has no WebGL; the table stands then. */
export function draw(box: HTMLElement, picture: Picture, on: {choose: (id: string | null) => void; open: (id: string) => void}): Drawing {
  const graph = new Graph({type: 'undirected', multi: false});
  const colours = {surface: hex('--surface'), line: hex('--edge'), faint: hex('--line'), strong: hex('--line-strong'), ink: hex('--ink')};
  const radius = radii(picture, box);
  const groups = picture.nodes.filter((node) => node.type === 'group').length;
  const few = picture.nodes.length <= 60;
  const thin = picture.edges.length > 800;
  for (const node of picture.nodes) {
    const type = node.type === 'account' ? 'circle' : node.type === 'group' ? 'rim' : 'square';
    graph.mergeNode(node.id, {x: node.x, y: node.y, size: radius(node), label: nodeLabel(node), color: hex(colourToken(node)), type, rim: colours.ink, forceLabel: node.type === 'group' && groups <= 25});
  }
  for (const edge of picture.edges) {
    if (edge.from !== edge.to && graph.hasNode(edge.from) && graph.hasNode(edge.to))
      graph.mergeEdge(edge.from, edge.to, {size: Math.min(6, (thin ? 0.4 : 0.8) + Math.log2(Math.max(1, edge.members)) / 2), color: thin ? colours.faint : colours.line});
  }
  let chosen: string | null = null;
  const near = new Set<string>();
  const sigma = new Sigma(graph, box, {
    allowInvalidContainer: true,
    labelColor: {color: colours.ink}, labelFont: 'system-ui, sans-serif', labelSize: 12, labelDensity: few ? 4 : 0.6, labelRenderedSizeThreshold: few ? 0 : 7,
    defaultDrawNodeHover: () => undefined,
    stagePadding: margin, minCameraRatio: 0.05, maxCameraRatio: 3, zIndex: true,
    nodeProgramClasses: {
      square: NodeSquareProgram,
      rim: createNodeBorderProgram({borders: [{size: {value: 0.14}, color: {attribute: 'rim'}}, {size: {fill: true}, color: {attribute: 'color'}}]}),
    },
    nodeReducer: (id, data) => {
      if (!chosen || near.has(id)) return chosen === id ? {...data, forceLabel: true, zIndex: 2, size: (data['size'] as number) * 1.35} : {...data, zIndex: 1};
      return {...data, color: colours.faint, label: '', forceLabel: false, zIndex: 0};
    },
    edgeReducer: (id, data) => (chosen && !graph.extremities(id).includes(chosen) ? {...data, hidden: true} : chosen ? {...data, color: colours.strong} : data),
  });
  function choose(id: string | null): void {
    chosen = id !== null && graph.hasNode(id) ? id : null;
    near.clear();
    if (chosen) {
      near.add(chosen);
      graph.forEachNeighbor(chosen, (other) => near.add(other));
    }
    sigma.refresh({skipIndexation: true});
  }
  sigma.on('clickNode', ({node}) => {
    on.choose(node);
    if (picture.nodes.find((one) => one.id === node)?.can_open) on.open(node);
  });
  sigma.on('clickStage', () => on.choose(null));
  // The page scrolls under the wheel; the picture zooms only with Ctrl or when it was clicked into.
  sigma.on('wheelStage', ({event, preventSigmaDefault}) => {
    if (event.original instanceof WheelEvent && !event.original.ctrlKey && !box.contains(document.activeElement)) preventSigmaDefault();
  });
  const camera = sigma.getCamera();
  return {
    choose,
    zoom: (by) => void (by === 'in' ? camera.animatedZoom() : by === 'out' ? camera.animatedUnzoom() : camera.animatedReset()),
    end: () => sigma.kill(),
  };
}
