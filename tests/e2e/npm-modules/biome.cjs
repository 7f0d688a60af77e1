// usage: node biome.cjs PACKAGE: what biome makes of some source.
const { Workspace } = require(`${process.argv[2]}/biome_wasm.js`);

const sources = {
  'a.js': 'const  a = {b:1,\n c:[1,2,   3]};\nlet unused; if(a==null){debugger}\nfunction f( x,y ){return x+y}',
  'b.tsx': 'export const B=(p:{x:number})=><div   className="a">{p.x}</div>',
  'c.json': '{"a":[1,2,{"b":null}]}',
  'd.css': 'a{color:RED;margin:0 0 0 0}',
};
const workspace = new Workspace();
const { projectKey } = workspace.openProject({ path: '', openUninitialized: true });
for (const [path, content] of Object.entries(sources)) {
  workspace.openFile({ projectKey, path, content: { type: 'fromClient', content, version: 0 } });
  console.log(workspace.formatFile({ projectKey, path }).code);
  const { diagnostics } = workspace.pullDiagnostics({ projectKey, path, categories: ['lint', 'syntax'], only: [], skip: [], pullCodeActions: false });
  console.log(JSON.stringify(diagnostics.map(one => [one.category, one.message, one.location.span])));
}
