// The node-link picture on a canvas: sigma draws what the server has laid out. Accounts are discs, things squares,
// sub-communities discs with a rim; labels say the kind, and the page has the same as a table.
import {createNodeBorderProgram} from '@sigma/node-border';
import {NodeSquareProgram} from '@sigma/node-square';
import Graph from 'graphology';
import Sigma from 'sigma';
import {hex, kindToken} from './ink';
import type {Picture, PictureNode} from './types';

export interface Drawing {
  /** marks a node and its neighbours, and brings it into view; null: none */
  choose: (id: string | null) => void;
  zoom: (by: 'in' | 'out' | 'all') => void;
  end: () => void;
}

// In pixels; the more there are the smaller, so that ties stay in sight.
const radius = (node: PictureNode, crowd: number): number => {
  if (node.type === 'account') return 4 * crowd;
  return node.type === 'group' ? Math.min(26, 7 + Math.sqrt(node.members)) : Math.min(14, 3.5 + Math.sqrt(node.members) / 2) * crowd;
};

export function colourToken(node: PictureNode): string {
  if (node.type === 'account') return node.tier === 'ban' ? '--ban' : node.tier === 'review' ? '--review' : '--watch';
  return node.type === 'group' ? '--line-strong' : kindToken(node.kind ?? '');
}

export const nodeLabel = (node: PictureNode): string => (node.type === 'thing' ? `${node.kind ?? ''} ${node.label}` : node.label);

/** Draws into `box`. Throws where the browser has no WebGL; the table stands then. */
export function draw(box: HTMLElement, picture: Picture, on: {choose: (id: string | null) => void; open: (id: string) => void}): Drawing {
  const graph = new Graph({type: 'undirected', multi: false});
  const colours = {surface: hex('--surface'), line: hex('--edge'), faint: hex('--line'), strong: hex('--line-strong'), ink: hex('--ink')};
  const crowd = Math.max(0.5, Math.min(1, 14 / Math.sqrt(picture.nodes.length)));
  const thin = picture.edges.length > 800;
  for (const node of picture.nodes) {
    const type = node.type === 'account' ? 'circle' : node.type === 'group' ? 'rim' : 'square';
    graph.mergeNode(node.id, {x: node.x, y: node.y, size: radius(node, crowd), label: nodeLabel(node), color: hex(colourToken(node)), type, rim: colours.ink, forceLabel: node.type === 'group'});
  }
  for (const edge of picture.edges) {
    if (edge.from !== edge.to && graph.hasNode(edge.from) && graph.hasNode(edge.to))
      graph.mergeEdge(edge.from, edge.to, {size: Math.min(6, (thin ? 0.4 : 0.8) + Math.log2(Math.max(1, edge.members)) / 2), color: thin ? colours.faint : colours.line});
  }
  let chosen: string | null = null;
  const near = new Set<string>();
  const sigma = new Sigma(graph, box, {
    allowInvalidContainer: true,
    labelColor: {color: colours.ink}, labelFont: 'system-ui, sans-serif', labelSize: 12, labelDensity: 0.6, labelRenderedSizeThreshold: 7,
    defaultDrawNodeHover: () => undefined,
    stagePadding: 36, minCameraRatio: 0.05, maxCameraRatio: 3, zIndex: true,
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
