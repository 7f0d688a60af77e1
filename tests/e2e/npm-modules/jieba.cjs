// usage: node jieba.cjs PACKAGE: how jieba cuts sentences.
const jieba = require(`${process.argv[2]}/pkg/nodejs/jieba_rs_wasm.js`);

for (const text of ['中华人民共和国武汉市长江大桥', '我们中出了一个叛徒', '小明硕士毕业于中国科学院计算所，后在日本京都大学深造', 'hello world']) {
  console.log(jieba.cut(text, true).join('/'), jieba.cut_all(text).join('/'), jieba.cut_for_search(text, true).join('/'));
  console.log(JSON.stringify(jieba.tokenize(text, 'default', true)));
}
jieba.add_word('中出', 10000);
console.log(jieba.cut('我们中出了一个叛徒', true).join('/'));
