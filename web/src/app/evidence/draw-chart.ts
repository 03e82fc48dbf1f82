/** Loaded when the first chart is shown. */
import {
  BarController, BarElement, CategoryScale, Chart, LineController, LineElement, LinearScale, PointElement, Tooltip,
  type ChartConfiguration,
} from 'chart.js';

import type { ChartData } from './chart-data';

Chart.register(BarController, BarElement, CategoryScale, LineController, LineElement, LinearScale, PointElement, Tooltip);
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
Chart.defaults.font.size = 13;

export interface Colours {
  series: string;
  text: string;
  grid: string;
}

/** Draws; the function given back takes it away. */
export function drawChart(canvas: HTMLCanvasElement, data: ChartData, colours: Colours): () => void {
  const line = data.kind === 'line';
  const amount = { beginAtZero: true, grid: { color: colours.grid }, border: { display: false },
    ticks: { color: colours.text, ...(data.step === null ? {} : { stepSize: data.step }), callback: (value: string | number) => data.said(Number(value)) } };
  const names = { grid: { display: false }, border: { color: colours.grid }, ticks: { color: colours.text, autoSkip: line } };
  const config: ChartConfiguration<'bar' | 'line', (number | null)[], string> = {
    type: line ? 'line' : 'bar',
    data: {
      labels: data.labels,
      datasets: [{
        label: data.title,
        data: data.values,
        backgroundColor: colours.series,
        borderColor: colours.series,
        ...(line ? { cubicInterpolationMode: 'monotone' as const, pointRadius: 3, pointHoverRadius: 5, borderWidth: 2 } : { borderRadius: 4, maxBarThickness: 22 }),
      }],
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: line ? 'x' : 'y',
      interaction: { mode: 'index', intersect: false, axis: line ? 'x' : 'y' },
      scales: line ? { x: names, y: amount } : { x: amount, y: names },
      plugins: {
        tooltip: {
          displayColors: false,
          callbacks: { label: ({ parsed }) => data.said(Number(line ? parsed.y : parsed.x)) },
        },
      },
    },
  };
  const chart = new Chart(canvas, config);
  return () => chart.destroy();
}
