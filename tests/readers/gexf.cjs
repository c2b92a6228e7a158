// What graphology-gexf, the reader of Gephi Lite, sees in a GEXF file, as JSON. NODE_PATH says where it is.
const fs = require("node:fs");
const Graph = require("graphology");
const gexf = require("graphology-gexf");

const graph = gexf.parse(Graph, fs.readFileSync(process.argv[2], "utf8"));
const nodes = {};
graph.forEachNode((node, data) => {
  nodes[node] = data;
});
const edges = graph.mapEdges((edge, data, source, target) => ({ source, target, data }));
process.stdout.write(JSON.stringify({ nodes, edges }));
