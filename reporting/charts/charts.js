// SPDX-License-Identifier: Apache-2.0
// The pictures of a report as ECharts options. Colours are names of the page's custom properties, so that one
// picture serves light, dark and print. ES5: Duktape runs it.
var ink = 'var(--ink)', soft = 'var(--soft)', line = 'var(--line)';
var colours = { operational: 'var(--operational)', embodied: 'var(--embodied)', other: 'var(--other)' };
var font = 'system-ui, sans-serif';
var hatch = { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4, color: 'var(--hatch)' };

function axisStyle(extra) {
  var axis = {
    axisLabel: { color: soft, fontFamily: font, fontSize: 12 },
    axisLine: { lineStyle: { color: line } }, axisTick: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } },
    nameTextStyle: { color: soft, fontFamily: font, fontSize: 12 }
  };
  for (var key in extra) axis[key] = extra[key];
  return axis;
}

// data: {unit, rows: [{name, operational, embodied, label}], total: {low, high} | null, max}
function stageBars(data) {
  var names = [], operational = [], embodied = [], labels = [];
  for (var i = 0; i < data.rows.length; ++i) {
    names.push(data.rows[i].name);
    operational.push(data.rows[i].operational);
    embodied.push(data.rows[i].embodied);
    var end = data.rows[i].operational + data.rows[i].embodied;
    labels.push([data.total && i === data.rows.length - 1 ? data.total.high : end, i, data.rows[i].label]);
  }
  var series = [
    { name: 'operational', type: 'bar', stack: 'all', data: operational, itemStyle: { color: colours.operational }, barMaxWidth: 22 },
    { name: 'embodied', type: 'bar', stack: 'all', data: embodied, itemStyle: { color: colours.embodied, decal: hatch }, barMaxWidth: 22 },
    texts(labels)
  ];
  if (data.total) {
    series.push(whiskers([[data.total.low, data.total.high, data.rows.length - 1]], 7));
  }
  return {
    width: 900, height: 70 + 34 * data.rows.length,
    option: {
      animation: false,
      grid: { left: 170, right: 150, top: 30, bottom: 36 },
      legend: { top: 0, left: 165, itemGap: 36, textStyle: { color: ink, fontFamily: font, fontSize: 12 }, data: ['operational', 'embodied'], selectedMode: false },
      xAxis: axisStyle({ type: 'value', min: 0, name: data.unit, nameLocation: 'end', splitNumber: 4 }),
      yAxis: axisStyle({ type: 'category', data: names, inverse: true, splitLine: { show: false }, axisLabel: { color: ink, fontFamily: font, fontSize: 12, width: 155, overflow: 'truncate' } }),
      series: series
    }
  };
}

// Words to the right of a point; items: [x, category index, words]
function texts(items) {
  return {
    type: 'custom', silent: true, data: items, encode: { x: 0, y: 1 }, z: 10,
    renderItem: function (params, api) {
      var at = api.coord([api.value(0), api.value(1)]);
      return { type: 'text', x: at[0] + 10, y: at[1], style: { text: items[params.dataIndex][2], fill: ink, fontFamily: font, fontSize: 12, verticalAlign: 'middle' } };
    }
  };
}

// Thin lines with end ticks; items: [low, high, category index]
function whiskers(items, half) {
  return {
    type: 'custom', silent: true, data: items, encode: { x: [0, 1], y: 2 }, z: 10,
    renderItem: function (params, api) {
      var low = api.coord([api.value(0), api.value(2)]), high = api.coord([api.value(1), api.value(2)]);
      var style = { stroke: ink, lineWidth: 1.5, fill: null };
      return { type: 'group', children: [
        { type: 'line', shape: { x1: low[0], y1: low[1], x2: high[0], y2: high[1] }, style: style },
        { type: 'line', shape: { x1: low[0], y1: low[1] - half, x2: low[0], y2: low[1] + half }, style: style },
        { type: 'line', shape: { x1: high[0], y1: high[1] - half, x2: high[0], y2: high[1] + half }, style: style }
      ] };
    }
  };
}

// data: {unit, nodes: [{id, label, kind, depth}], links: [{source, target, value}]}
function sankey(data) {
  var nodes = [], left = 0;
  for (var i = 0; i < data.nodes.length; ++i) {
    var node = data.nodes[i];
    if (node.depth === 0) ++left;
    nodes.push({ name: node.id, depth: node.depth, itemStyle: { color: colours[node.kind], borderWidth: 0 }, label: { position: node.depth === 2 ? 'left' : 'right', formatter: node.label.replace(/[{}]/g, '') } });
  }
  return {
    width: 900, height: Math.max(220, 40 + 30 * left),
    option: {
      animation: false,
      series: [{
        type: 'sankey', left: 6, right: 14, top: 12, bottom: 12, nodeWidth: 12, nodeGap: 14, layoutIterations: 32, draggable: false, emphasis: { disabled: true },
        data: nodes, links: data.links, nodeAlign: 'justify',
        lineStyle: { color: 'source', opacity: 0.3, curveness: 0.5 },
        label: { color: ink, fontFamily: font, fontSize: 12, textBorderColor: 'var(--paper)', textBorderWidth: 2 }
      }]
    }
  };
}

// data: {unit, zone, log, series: [{name, points: [[milliseconds, value], ...]}]}: power over time, one step line a log
function power(data) {
  var series = [], dashes = ['solid', 'dashed', 'dotted'], inks = [colours.operational, colours.embodied, colours.other, ink];
  for (var i = 0; i < data.series.length; ++i)
    series.push({
      name: data.series[i].name, type: 'line', step: 'end', data: data.series[i].points, symbol: 'none', silent: true,
      lineStyle: { color: inks[i % inks.length], width: 1.5, type: dashes[i % dashes.length] }, itemStyle: { color: inks[i % inks.length] },
      areaStyle: data.series.length === 1 ? { color: inks[0], opacity: 0.15 } : undefined
    });
  return {
    width: 900, height: 260,
    option: {
      animation: false, useUTC: true,
      grid: { left: 70, right: 60, top: 46, bottom: 36 },
      legend: { show: data.series.length > 1, top: 0, left: 110, itemGap: 36, icon: 'rect', itemHeight: 4, textStyle: { color: ink, fontFamily: font, fontSize: 12 }, selectedMode: false },
      xAxis: axisStyle({ type: 'time', name: data.zone, nameLocation: 'end', nameGap: 4, splitLine: { show: false } }),
      yAxis: axisStyle({ type: 'value', min: 0, name: data.unit, splitNumber: 4 }),
      series: series
    }
  };
}

// data: {unit, units, serving, training, both: [[units, kg]], lowest, highest, marks: [{x, words}]}: cumulative emissions
function breakEven(data) {
  function curve(name, points, colour, type, width) {
    return { name: name, type: 'line', data: points, symbol: 'none', silent: true, lineStyle: { color: colour, width: width, type: type }, itemStyle: { color: colour } };
  }
  var series = [
    curve('serving', data.serving, colours.operational, 'solid', 2), curve('training', data.training, colours.embodied, 'dashed', 2),
    curve('together', data.both, ink, 'solid', 1)
  ];
  // The words of two marks stand at different heights, so that near marks stay readable.
  var spread = Math.log(data.highest / data.lowest);
  for (var i = 0; i < data.marks.length; ++i) {
    var mark = data.marks[i], x = mark.x;
    series.push({ type: 'line', data: [[x, data.lowest], [x, data.highest]], symbol: 'none', silent: true, lineStyle: { color: soft, width: 1, type: 'dotted' } });
    series.push(texts([[x, data.lowest * Math.exp(spread * (0.08 + 0.09 * i)), mark.words]]));
  }
  function plain(value) {
    var names = ['', ' k', ' M', ' bn', ' tn'], step = 0;
    if (value >= 1e15 || value < 0.01) return value.toExponential(0);
    while (value >= 1000 && step < 4) { value /= 1000; ++step; }
    return String(Math.round(value * 100) / 100) + names[step];
  }
  function logAxis(extra) {
    var axis = axisStyle(extra);
    axis.type = 'log';
    axis.axisLabel.formatter = plain;
    return axis;
  }
  return {
    width: 900, height: 340,
    option: {
      animation: false,
      grid: { left: 80, right: 110, top: 46, bottom: 46 },
      legend: { top: 0, left: 110, itemGap: 36, icon: 'rect', itemHeight: 4, textStyle: { color: ink, fontFamily: font, fontSize: 12 }, data: ['serving', 'training', 'together'], selectedMode: false },
      xAxis: logAxis({ name: data.units, nameLocation: 'middle', nameGap: 30, min: data.serving[0][0], max: data.serving[data.serving.length - 1][0], splitLine: { show: false } }),
      yAxis: logAxis({ name: data.unit, min: data.lowest, max: data.highest }),
      series: series
    }
  };
}

// data: {unit, log, rows: [{name, value, low, high, label}]}: low null where there is no interval
function intervals(data) {
  var names = [], lines = [], closed = [], open = [], labels = [];
  for (var i = 0; i < data.rows.length; ++i) {
    var row = data.rows[i];
    names.push(row.name);
    labels.push([row.low === null ? row.value : row.high, i, row.label]);
    (row.low === null ? open : closed).push([row.value, i]);
    if (row.low !== null) lines.push([row.low, row.high, i]);
  }
  return {
    width: 900, height: 60 + 30 * data.rows.length,
    option: {
      animation: false,
      grid: { left: 170, right: 220, top: 12, bottom: 36 },
      xAxis: axisStyle({ type: data.log ? 'log' : 'value', min: data.log ? undefined : 0, name: data.unit + (data.log ? ' (log)' : ''), nameLocation: 'end', splitNumber: 4 }),
      yAxis: axisStyle({ type: 'category', data: names, inverse: true, splitLine: { show: false }, axisLabel: { color: ink, fontFamily: font, fontSize: 12, width: 155, overflow: 'truncate' } }),
      series: [
        whiskers(lines, 5),
        { type: 'scatter', symbolSize: 9, data: closed, itemStyle: { color: ink }, silent: true },
        { type: 'scatter', symbolSize: 9, data: open, symbol: 'emptyCircle', itemStyle: { color: ink }, silent: true },
        texts(labels)
      ]
    }
  };
}

function draw(kind, json) {
  var made = { stages: stageBars, sankey: sankey, intervals: intervals, power: power, break_even: breakEven }[kind](JSON.parse(json));
  var chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: made.width, height: made.height });
  chart.setOption(made.option);
  var svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
