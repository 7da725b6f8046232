import { DARK, LIGHT } from './colours.ts';

const BASE = `
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 "Inter","Segoe UI",system-ui,-apple-system,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;font-feature-settings:"tnum","cv11"}
main{max-width:1120px;margin:0 auto;padding:0 28px 80px}
h1{font-size:clamp(26px,4.6vw,38px);line-height:1.12;letter-spacing:-.022em;font-weight:680;margin:10px 0 6px;overflow-wrap:anywhere}
h2{font-size:22px;line-height:1.25;letter-spacing:-.012em;font-weight:640;margin:0 0 18px}
h3{font-size:15px;font-weight:620;margin:0;letter-spacing:-.003em}
p{margin:0 0 12px}
a{color:inherit;text-decoration-color:var(--faint);text-underline-offset:3px}a:hover{text-decoration-color:currentColor}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
code,pre{font:12.5px/1.5 ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
section{margin-top:60px}
.lead{color:var(--soft);max-width:74ch}.lead b{color:var(--ink)}
.up{color:var(--up)}.down{color:var(--down)}.na{color:var(--soft);font-weight:450}
.quiet,.skip:not(:focus){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip:focus{position:fixed;left:12px;top:12px;background:var(--surface);padding:8px 14px;z-index:9}
.js{display:none!important}html.scripted .js{display:revert!important}
nav{position:sticky;top:0;z-index:5;background:color-mix(in srgb,var(--paper) 92%,transparent);backdrop-filter:blur(8px);border-bottom:1px solid var(--faint);margin:0 -28px;padding:0 28px;overflow-x:auto;scrollbar-width:none}
nav ul{display:flex;gap:22px;list-style:none;margin:0;padding:0;font-size:13px;white-space:nowrap}
nav a{display:block;padding:11px 0;color:var(--soft);text-decoration:none}nav a:hover{color:var(--ink)}
section,[id^=def-]{scroll-margin-top:56px}
`;

const HEADER = `
header{padding:36px 0 26px}
.band{display:flex;flex-wrap:wrap;gap:2px 14px;align-items:baseline;margin:0 0 26px;padding:11px 16px;border-radius:8px;color:var(--warn);background:var(--warn-soft) repeating-linear-gradient(-45deg,transparent 0 14px,color-mix(in srgb,var(--warn) 7%,transparent) 14px 28px);border:1px solid color-mix(in srgb,var(--warn) 45%,transparent)}
.band strong{letter-spacing:.09em;font-size:13px}.band span{font-size:14px}
.title{display:flex;justify-content:space-between;gap:20px;align-items:flex-start}
.badges{margin:0}.badge{display:inline-block;font-size:11.5px;font-weight:680;letter-spacing:.1em;padding:2px 9px;border:1.5px solid var(--soft);border-radius:4px;color:var(--soft)}
.about{color:var(--soft);font-size:16px;max-width:68ch;margin:0}
button,select,input[type=search]{font:inherit;font-size:13px;color:var(--ink);background:var(--surface);border:1px solid var(--faint);border-radius:6px;padding:5px 11px;min-height:32px}
button{cursor:pointer;white-space:nowrap}button:hover{border-color:var(--soft)}
.facts{display:grid;grid-template-columns:repeat(4,1fr);gap:14px 26px;margin:26px 0 0;padding:18px 0 0;border-top:1px solid var(--faint)}
.facts dt,.conventions dt{color:var(--soft);font-size:12.5px}.facts dd{margin:0;font-size:14px;overflow-wrap:anywhere}.pair{white-space:nowrap;margin-right:8px}
#results{margin-top:34px}
.headlines{display:grid;grid-template-columns:repeat(4,1fr);margin:0;background:var(--faint);gap:1px;border:1px solid var(--faint);border-radius:10px;overflow:hidden}
.headline{background:var(--surface);padding:17px 18px 15px;min-width:0}
.headline dt{font-size:13px;color:var(--soft);line-height:1.35;min-height:2.7em}.headline dt small{font-size:11.5px;display:block}
.headline dd{margin:0}.headline .value{font-size:clamp(21px,2.7vw,29px);line-height:1.2;font-weight:640;letter-spacing:-.022em;white-space:nowrap;margin:4px 0 5px}
.headline .versus{font-size:12.5px;color:var(--soft)}.headline .versus b{font-weight:560;color:var(--ink);white-space:nowrap}
.checks{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(2,1fr);gap:10px 28px}
.checks li{display:flex;gap:12px;align-items:flex-start;padding:9px 0;border-top:1px solid var(--faint)}
.checks small{display:block;color:var(--soft);font-size:12.5px}
.sign{flex:none;width:24px;height:24px;border-radius:50%;display:grid;place-items:center;font-weight:700;font-size:14px;line-height:1;border:1.5px solid currentColor;margin-top:0}
.passed .sign,.passed b{color:var(--good)}.warning .sign,.warning b{color:var(--warn)}.failed .sign,.failed b{color:var(--bad)}.not-run .sign,.not-run b{color:var(--soft)}
.failed .sign{border-radius:3px}.warning .sign{border-radius:7px}
.conventions{display:grid;grid-template-columns:repeat(auto-fill,minmax(230px,1fr));gap:10px 26px;margin:22px 0 0}
.conventions dd{margin:0;font-size:14px}
`;

const CHARTS = `
figure{margin:0 0 26px;background:var(--surface);border:1px solid var(--faint);border-radius:10px;padding:18px 20px 14px;min-width:0}
figcaption{display:grid;grid-template-columns:1fr auto;gap:2px 20px;align-items:baseline;margin-bottom:10px}
figcaption .note{grid-column:1/-1;color:var(--soft);font-size:13px;margin:0}.note:empty{display:none}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;list-style:none;margin:0;padding:0;font-size:12.5px;color:var(--soft)}
figcaption .legend{grid-column:2;grid-row:1}
.key{display:inline-block;width:16px;height:10px;margin-right:6px;vertical-align:-1px;position:relative}
.key.solid{height:0;border-top:2px solid var(--line);vertical-align:4px}.key.dashed{height:0;border-top:2px dashed var(--other);vertical-align:4px}.key.thin{height:0;border-top:1.5px solid var(--ink);vertical-align:4px}
.key.filled{background:var(--down-soft);border-bottom:0;border-top:0;box-shadow:inset 0 -1.5px var(--down)}.key.block-up{background:var(--up)}.key.block-down{background:var(--down)}.key.block-flat{background:var(--soft)}.key.range{background:var(--u3)}
.key.disc,.key.ring{width:9px;height:9px;border-radius:50%;background:var(--up)}.key.ring{background:none;border:2px solid var(--down)}
.key.tri-up,.key.tri-down{width:11px;height:10px;background:var(--up);clip-path:polygon(50% 0,100% 100%,0 100%)}.key.tri-down{background:var(--down);clip-path:polygon(0 0,100% 0,50% 100%)}
.plot{display:grid;grid-template-columns:62px minmax(0,1fr);--h:250px}.plot.tall{--h:320px}.plot.short{--h:120px}
.yaxis{position:relative;height:var(--h);font-size:12px;color:var(--soft)}.yaxis i{position:absolute;right:9px;transform:translateY(-50%);font-style:normal;white-space:nowrap}
.yaxis b{position:absolute;left:0;top:50%;font-weight:450;writing-mode:vertical-rl;transform:translateY(-50%) rotate(180deg);white-space:nowrap}
.scroll{min-width:0;overflow:visible}.area{position:relative;height:var(--h)}.area svg{fill:none;stroke:none;display:block;width:100%;height:100%;overflow:visible}
.area svg *{vector-effect:non-scaling-stroke}
.xaxis{position:relative;height:24px;font-size:12px;color:var(--soft)}.bare .xaxis{height:8px}.xaxis i{position:absolute;top:5px;transform:translateX(-50%);font-style:normal;white-space:nowrap}#price-plot .start{transform:none}#price-plot .end{transform:translateX(-100%)}
.xtitle{grid-column:2;text-align:center;font-size:12px;color:var(--soft);margin:0 0 2px}
.grid{stroke:var(--grid);stroke-width:1}.strategy{stroke:var(--line);stroke-width:1.75;stroke-linejoin:round}.benchmark{stroke:var(--other);stroke-width:1.4;stroke-dasharray:5 3;stroke-linejoin:round}
.close{stroke:var(--ink);stroke-opacity:.75;stroke-width:1.25;stroke-linejoin:round}.rule{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3}.zero{stroke:var(--soft);stroke-width:1}.pole{stroke:var(--ink);stroke-width:1.25;stroke-dasharray:4 3}
.under{fill:var(--down-soft)}.fall{stroke:var(--down);stroke-width:1.25}.sunken{fill:var(--down);fill-opacity:.13}.range{fill:var(--u3);fill-opacity:.75}
.up-fill{fill:var(--up)}.down-fill{fill:var(--down)}.total-fill{fill:var(--soft)}.normal{stroke:var(--ink);stroke-width:1.5}
.dot{stroke-linecap:round;stroke-width:7;stroke-opacity:.62}.dot.gain{stroke:var(--up)}.dot.loss{stroke:var(--down);stroke-opacity:.85}.dot.hole{stroke:var(--surface);stroke-width:3.4;stroke-opacity:1}
.regime{fill-opacity:.07}.regime.trend-up{fill:var(--r-up)}.regime.trend-down{fill:var(--r-down)}.regime.crash{fill:var(--r-crash);fill-opacity:.34}.regime.gap{fill:var(--r-gap);fill-opacity:.3}.regime.halt{fill:var(--r-halt);fill-opacity:.4}.regime.chop,.regime.other{fill:none}
.ribbon{position:relative;height:18px;margin:0 0 8px 62px;font-size:10.5px;line-height:17px;color:var(--soft);background:var(--paper);border-radius:3px;overflow:hidden}
.ribbon i{position:absolute;top:0;bottom:0;font-style:normal;padding:0 4px;overflow:hidden;white-space:nowrap;border-left:1px solid var(--surface);border-bottom:2.5px solid var(--faint)}
.ribbon .trend-up{border-bottom-color:var(--r-up)}.ribbon .trend-down{border-bottom-color:var(--r-down)}.ribbon .crash{background:var(--r-crash);border-bottom-color:var(--r-crash)}.ribbon .gap{background:var(--r-gap);border-bottom-color:var(--r-gap)}.ribbon .halt{background:var(--r-halt);border-bottom-color:var(--r-halt)}
.mark{position:absolute;top:6px;transform:translateX(-50%);min-width:20px;height:20px;border-radius:10px;background:var(--surface);border:1.5px solid var(--down);color:var(--down);font-size:12px;line-height:17px;text-align:center}
.flag{position:absolute;white-space:nowrap;transform:translateX(calc(-100% - 5px));font-size:11.5px;line-height:1.3;text-align:right;color:var(--ink)}.flag.middle{transform:translateX(8px);text-align:left;color:var(--soft)}.flag.right{transform:translateX(5px);text-align:left}
.amount{position:absolute;transform:translate(-50%,-122%);font-size:12.5px;font-weight:560;white-space:nowrap}
.fills i{position:absolute;width:9px;height:8px;margin:2px 0 0 -4.5px;background:var(--up);clip-path:polygon(50% 0,100% 100%,0 100%);cursor:help}.fills.sell i{margin-top:-10px;background:var(--down);clip-path:polygon(0 0,100% 0,50% 100%)}
.fills .on{width:17px;height:15px;margin-left:-8.5px;background:var(--ink);z-index:2}.fills.sell .on{margin-top:-17px}
.strip{visibility:hidden;min-height:1.6em;font-size:13px;color:var(--soft);margin:2px 0 8px;padding-left:62px}.scripted .strip{visibility:visible}.strip b{color:var(--ink);font-weight:560;margin-right:12px;white-space:nowrap}.strip q{quotes:none;color:var(--ink)}
#price-figure .strip{min-height:3.3em}
.cursor{position:absolute;top:0;bottom:0;width:1px;background:var(--ink);opacity:.55;pointer-events:none}
.switch{display:inline-flex;border:1px solid var(--faint);border-radius:7px;overflow:hidden;margin-left:62px}.switch input{position:absolute;opacity:0;width:1px}.switch label{font-size:12.5px;padding:4px 12px;cursor:pointer;color:var(--soft)}.switch label+input+label{border-left:1px solid var(--faint)}.switch input:checked+label{background:var(--ink);color:var(--surface)}.switch input:focus-visible+label{outline:2px solid var(--accent);outline-offset:-2px}
.scales .log,.scales:has(#scale-log:checked) .linear{display:none}.scales:has(#scale-log:checked) .log{display:block}
#price-plot .scroll{overflow-x:auto;overflow-y:hidden;scrollbar-width:thin}.zooms:has(#zoom-4:checked) .area,.zooms:has(#zoom-4:checked) .xaxis{width:400%}.zooms:has(#zoom-16:checked) .area,.zooms:has(#zoom-16:checked) .xaxis{width:1600%}
.pairs{display:grid;grid-template-columns:1fr 1fr;gap:24px}.pairs figcaption{grid-template-columns:1fr}.pairs figcaption .legend{grid-column:1;grid-row:auto;margin-top:4px}
`;

const TABLES = `
.table{position:relative;overflow-x:auto;margin:0 0 18px}
table{border-collapse:collapse;width:100%;font-size:13.5px}caption{text-align:left;font-weight:620;font-size:14px;padding:0 0 8px;color:var(--ink)}
th,td{padding:6px 12px 6px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--faint);font-weight:400}
thead th{font-size:12.5px;color:var(--soft);font-weight:520;border-bottom-color:var(--soft);white-space:nowrap}.n{text-align:right;white-space:nowrap}td.n,th.n{padding-right:30px}.groups :is(td,th).n{padding-right:16px}
#drawdowns td,#interval td{white-space:nowrap}#interval th[scope=row]{min-width:150px}
details{margin-top:8px}summary{cursor:pointer;font-size:12.5px;color:var(--soft);width:max-content}summary:hover{color:var(--ink)}.data .table{max-height:340px;overflow:auto;margin-top:10px}
.heat{table-layout:fixed;min-width:700px;border-collapse:separate;border-spacing:2px}.heat th,.heat td{border:0;text-align:center;padding:9px 2px;white-space:nowrap;font-size:12.5px}.heat td{border-radius:4px}.heat thead th{padding:2px}.heat tbody th{font-weight:620}
.heat .total{font-weight:660;box-shadow:inset 0 0 0 1.5px var(--soft)}.heat .none{background:repeating-linear-gradient(-45deg,transparent 0 4px,var(--grid) 4px 5px)}
.h0{background:var(--grid)}.hu1{background:var(--u1)}.hu2{background:var(--u2)}.hu3{background:var(--u3)}.hu4{background:var(--u4)}.hd1{background:var(--d1)}.hd2{background:var(--d2)}.hd3{background:var(--d3)}.hd4{background:var(--d4)}
.filter{flex-wrap:wrap;gap:10px 18px;align-items:center;margin-bottom:14px;font-size:13px;color:var(--soft)}html.scripted form.filter{display:flex!important}
.long{max-height:620px;overflow:auto;border:1px solid var(--faint);border-radius:8px;background:var(--surface)}.long caption{padding:12px 14px 10px}
#trade-table{font-size:12.5px}#trade-table thead th{position:sticky;top:0;background:var(--surface);z-index:1;padding-top:8px}
#trade-table td{white-space:nowrap}#trade-table :is(th,td):first-child{padding-left:14px}#trade-table :is(th,td):is(:nth-child(n+5):nth-child(-n+10),:nth-child(n+13):nth-child(-n+15)){text-align:right}#trade-table td:is(:nth-child(11),:nth-child(12)){white-space:normal;min-width:210px;line-height:1.4}#trade-table :is(th,td):nth-child(11){padding-left:10px}
#trade-table th button{all:unset;cursor:pointer}#trade-table th button:focus-visible{outline:2px solid var(--accent)}#trade-table th button::after{content:" ↕";opacity:.45}#trade-table [aria-sort=ascending] button::after{content:" ↑";opacity:1}#trade-table [aria-sort=descending] button::after{content:" ↓";opacity:1}#trade-table tr:target td,#trade-table .on td{background:var(--up-soft)}
u{text-decoration:none;font-size:11.5px;color:var(--soft);border:1px solid var(--faint);border-radius:4px;padding:0 5px;white-space:nowrap}
.groups{columns:2;column-gap:44px}.groups .table{break-inside:avoid;margin-bottom:30px}.groups table{font-size:13px}.groups td:last-child{color:var(--soft);font-size:12px;text-align:right;padding-right:0}.groups thead th:last-child{text-align:right;padding-right:0}.groups a{text-decoration:none}.groups a:hover{text-decoration:underline}
.definitions{columns:2;column-gap:44px;margin:0;font-size:13.5px}.definitions div{break-inside:avoid;padding:7px 0}.definitions dt{font-weight:600}.definitions dd{margin:0;color:var(--soft)}:target dt{color:var(--accent)}
pre{background:var(--surface);border:1px solid var(--faint);border-radius:8px;padding:14px 16px;overflow:auto;white-space:pre-wrap}
footer{margin-top:64px;padding-top:18px;border-top:1px solid var(--faint);color:var(--soft);font-size:13px}
`;

const NARROW = `
@media (max-width:900px){.facts,.headlines{grid-template-columns:repeat(3,1fr)}.groups,.definitions{columns:1}}
@media (max-width:680px){main{padding:0 16px 60px}nav{margin:0 -16px;padding:0 16px}section{margin-top:46px}header{padding-top:20px}
.facts,.headlines{grid-template-columns:repeat(2,1fr)}.headline{padding:13px 13px 11px}.checks,.pairs{grid-template-columns:1fr}.title{flex-direction:column-reverse;gap:8px}
figure{padding:14px 12px 10px}figcaption{grid-template-columns:1fr}figcaption .legend{grid-column:1;grid-row:auto;margin-top:4px}
.plot{grid-template-columns:50px minmax(0,1fr);--h:210px}.plot.tall{--h:240px}.plot.short{--h:104px}.ribbon,.switch{margin-left:50px}.strip{padding-left:0;min-height:3.2em}.ribbon i{font-size:0}.yaxis,.xaxis{font-size:11px}.xaxis .minor{display:none}
.yaxis i{right:6px}.amount{font-size:11px}#costs .xaxis{height:36px}#costs .xaxis i:nth-child(even){top:18px}h2{font-size:20px}.groups th[scope=row]{min-width:96px}.groups :is(td,th).n{padding-right:10px}}
`;

const PRINT = `
@page{size:A4;margin:11mm 12mm}
@media print{:root:root:root{color-scheme:light;${LIGHT.replaceAll('\n', '')}}body{background:#fff;font-size:11px;print-color-adjust:exact;-webkit-print-color-adjust:exact}main{max-width:none;padding:0}
nav,html.scripted .js,html.scripted form.filter,.switch,.strip,details.data,.skip{display:none!important}section{margin-top:12px;break-inside:auto}caption{font-size:10.5px;padding:0 0 3px}#months caption{position:absolute;clip-path:inset(50%)}.band strong{font-size:11px}.badge{font-size:9px}.xtitle{font-size:9px}.flag{font-size:8.5px}.amount{font-size:9.5px}thead th{font-size:9px}.lead{font-size:11px}h1{font-size:22px;margin:2px 0}h2{font-size:14px;margin-bottom:6px;break-after:avoid}
header{padding:0 0 4px}.band{margin-bottom:8px;padding:4px 10px}.band span,.about{font-size:11px}.facts{margin-top:8px;padding-top:8px;gap:4px 16px;grid-template-columns:repeat(4,1fr)}.facts dd,.conventions dd{font-size:10.5px}.facts dt,.conventions dt{font-size:9.5px}code{font-size:9.5px}
#results{margin-top:10px}.headlines{grid-template-columns:repeat(6,1fr)}.headline{padding:6px 8px}.headline dt{font-size:9.5px;min-height:2.5em}.headline dt small{font-size:8.5px}.headline .value{font-size:15px;margin:1px 0}.headline .versus{font-size:9px}
.checks{gap:0 20px;grid-template-columns:1fr 1fr}.checks li{padding:3px 0;gap:7px}.sign{width:15px;height:15px;font-size:9.5px}.checks small{font-size:9px}.conventions{margin-top:6px;gap:3px 16px;grid-template-columns:repeat(4,1fr)}
figure{padding:8px 10px 6px;margin-bottom:10px;break-inside:avoid}figcaption{margin-bottom:3px;grid-template-columns:1fr auto}h3{font-size:11px}figcaption .note,.legend{font-size:9.5px}.plot{--h:150px}.plot.tall{--h:196px}.plot.short{--h:62px}.yaxis,.xaxis{font-size:9px}.xaxis{height:17px}.ribbon{height:12px;font-size:7.5px;line-height:11px}
table,#trade-table{font-size:9.5px}th,td{padding:2px 6px 2px 0}.heat{min-width:0}.heat th,.heat td{padding:4px 1px;font-size:9px}.table,.long{overflow:visible;max-height:none;border:0}.long,#trade-table td:is(:nth-child(11),:nth-child(12)){min-width:0}
tr{break-inside:avoid}.pairs{grid-template-columns:1fr 1fr;gap:12px}#drawdowns{break-before:page}.groups,.definitions{columns:2;font-size:9.5px}.groups table{font-size:9px}#trade-list{break-before:page}#trade-table td{white-space:normal}}
`;

/** The page's style sheet. */
export const STYLE = `:root{${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
:root[data-theme=light]{color-scheme:light;${LIGHT}}
:root[data-theme=dark]{color-scheme:dark;${DARK}}
${BASE}${HEADER}${CHARTS}${TABLES}${NARROW}${PRINT}`;
