/** ECharts as one file with all its parts, which its package exports without types. */
declare module "echarts/dist/echarts.esm.min" {
  export { init } from "echarts/core";
}
