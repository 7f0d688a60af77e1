// usage: node sqlite.mjs PACKAGE: what a database in memory answers.
import { pathToFileURL } from 'node:url';

const { default: init } = await import(pathToFileURL(`${process.argv[2]}/dist/node.mjs`));
const sqlite = await init({ print: console.log, printErr: console.error });
console.log(sqlite.version.libVersion);
const database = new sqlite.oo1.DB(':memory:', 'c');
database.exec('create table t(a integer primary key, b text, c real); create index i on t(b);');
database.transaction(() => {
  const statement = database.prepare('insert into t(b, c) values(?, ?)');
  for (let i = 0; i < 20000; i++) statement.bind([`row ${(i * 7919) % 20000}`, Math.sqrt(i)]).stepReset();
  statement.finalize();
});
const rows = sql => console.log(JSON.stringify(database.exec({ sql, returnValue: 'resultRows' })));
rows('select count(*), sum(a), max(b), round(sum(c), 6) from t');
rows("select a, b from t where b between 'row 100' and 'row 1002' order by b limit 10");
rows("select json_group_array(json_object('a', a)) from (select a from t where a % 5000 = 0)");
database.createFunction('twice', (_, x) => x * 2);
rows('select twice(21), typeof(c) from t limit 2');
rows("select replace(group_concat(name), ',', ' ') from sqlite_schema");
try {
  database.exec('select nothing');
} catch (error) {
  console.log(error.message);
}
database.close();
