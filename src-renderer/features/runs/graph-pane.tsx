// The live graph of a run: pan, zoom, minimap; nodes are picked by mouse and arrow keys.
import { ReactFlow, ViewportPortal, type ReactFlowInstance, type Viewport } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { createContext, memo, use, useEffect, useMemo, useRef, useState, type JSX, type KeyboardEvent } from 'react';
import type { Breakpoint } from '#contract/run';
import { useAction } from '../../lib/actions.tsx';
import { counted } from '../../lib/format.ts';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import type { Flow } from './flow.ts';
import { isDirection, nodeToward } from './graph-move.ts';
import { GraphMap, GraphOverview } from './graph-canvas.tsx';
import { GraphLines } from './graph-lines.tsx';
import { StepBox, type Box } from './graph-node.tsx';
import { nodeAt } from './graph-paint.ts';
import type { Layout } from './layout-input.ts';
import type { Layouter } from './layout.ts';
import css from './graph.module.css';

export interface GraphPaneProps {
  readonly flow: Flow;
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
  readonly breakpoints: readonly Breakpoint[];
}

const nodeTypes = { box: StepBox };
/** Graphs of more nodes than these have a map, and are drawn as one picture from far away. */
const few = 40;
const many = 150;
const noNodes: Box[] = [];
/** Below this zoom names cannot be read. */
const farBelow = 0.3;
/** Names are read well from this zoom on. */
const readableFrom = 0.55;
const edgePx = 12;
const toolsPx = 44;
const mostAtFirst = 1.1;
const leastZoom = 0.02;
const quick = { duration: 120 } as const;
/** One worker serves every graph of the screen. */
export const LayouterContext = createContext<Layouter | undefined>(undefined);

/** The run's news reach the nodes by themselves: they are no reason to draw the whole again. */
export const GraphPane = memo(function GraphPane(props: GraphPaneProps): JSX.Element {
  const { flow, selected, onSelect, breakpoints } = props;
  const layouter = use(LayouterContext);
  if (layouter === undefined) throw new Error('The graph needs a LayouterContext above it.');
  const [laidOut, setLaidOut] = useState<{ readonly flow: Flow; readonly layout: Layout }>();
  const [problem, setProblem] = useState<ShownProblem>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isOver = false;
    setProblem(undefined);
    const place = async (): Promise<void> => {
      try {
        const layout = await layouter.layout(flow);
        if (!isOver) setLaidOut({ flow, layout });
      } catch (error) {
        if (!isOver) setProblem(problemOf(error));
      }
    };
    void place();
    return () => {
      isOver = true;
    };
  }, [layouter, flow, round]);
  if (problem !== undefined) {
    return <ErrorState title="The graph cannot be laid out." problem={problem} onRetry={() => setRound(round + 1)} />;
  }
  if (laidOut === undefined) {
    return (
      <div className={css.waiting} role="status">
        {flow.nodes.length > many ? `${counted(flow.nodes.length, 'node')} are laid out …` : ''}
      </div>
    );
  }
  return <Canvas layout={laidOut.layout} selected={selected} onSelect={onSelect} breakpoints={breakpoints} />;
});

type CanvasProps = Omit<GraphPaneProps, 'flow'> & { readonly layout: Layout };

function Canvas({ layout, selected, onSelect, breakpoints }: CanvasProps): JSX.Element {
  const [flow, setFlow] = useState<ReactFlowInstance<Box>>();
  const [isFar, setFar] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const boxes = useMemo(() => boxesOf(layout, breakpoints), [layout, breakpoints]);
  const nodes = useMemo(
    () =>
      selected === undefined ? boxes : boxes.map((one) => (one.id === selected ? { ...one, selected: true } : one)),
    [boxes, selected],
  );
  const isOverview = isFar && layout.nodes.length > many;
  const isMapped = layout.nodes.length > few;
  const nodeUnder = (clientX: number, clientY: number): string | undefined => {
    const point = flow?.screenToFlowPosition({ x: clientX, y: clientY });
    return point === undefined ? undefined : nodeAt(layout, point.x, point.y);
  };
  const fit = (): void => {
    if (box.current !== null) void flow?.setViewport(wholeOf(layout, box.current), quick);
  };
  const zoom = (by: number): void => void flow?.zoomTo(flow.getZoom() * by, quick);
  const section = 'Graph';
  useAction({ id: 'graph.fit', title: 'Fit the graph', section, keys: '0', run: fit });
  useAction({ id: 'graph.in', title: 'Zoom in', section, keys: ['+', '='], repeats: true, run: () => zoom(1.25) });
  useAction({ id: 'graph.out', title: 'Zoom out', section, keys: '-', repeats: true, run: () => zoom(0.8) });
  useAction({ id: 'graph.focus', title: 'Go to the graph', section, keys: 'G', run: () => box.current?.focus() });

  useEffect(() => {
    if (flow !== undefined && box.current !== null) show(flow, box.current, layout);
  }, [flow, layout]);
  const move = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== box.current) return;
    if (event.key === 'Escape' && selected !== undefined) onSelect(undefined);
    else if (isDirection(event.key)) {
      const next = nodeToward(layout.nodes, selected, event.key);
      onSelect(next);
      const place = layout.nodes.find(({ node }) => node.id === next);
      if (place !== undefined) reveal(flow, box.current, place);
    } else return;
    event.preventDefault();
  };
  return (
    // The graph takes the keys for all nodes, as a canvas does.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={box}
      className={css.graph}
      data-far={isFar}
      data-pane-focus=""
      data-graph=""
      role="group"
      aria-label="Graph. Arrow keys go from node to node."
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onKeyDown={move}
    >
      <ReactFlow<Box>
        className={css.canvas}
        nodes={isOverview ? noNodes : nodes}
        nodeTypes={nodeTypes}
        onInit={setFlow}
        onNodeClick={(_event, node) => {
          onSelect(node.id);
          box.current?.focus();
        }}
        onPaneClick={(event) => onSelect(isOverview ? nodeUnder(event.clientX, event.clientY) : undefined)}
        onViewportChange={({ zoom }) => setFar(zoom < farBelow)}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        // A container in front would lie over the lines inside it.
        elevateNodesOnSelect={false}
        disableKeyboardA11y
        onlyRenderVisibleElements
        zoomOnDoubleClick={false}
        minZoom={leastZoom}
        maxZoom={2}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        panActivationKeyCode={null}
        proOptions={{ hideAttribution: true }}
      >
        {isOverview ? (
          <GraphOverview layout={layout} selected={selected} />
        ) : (
          <ViewportPortal>
            <GraphLines lines={layout.lines} />
          </ViewportPortal>
        )}
        {isMapped ? <GraphMap layout={layout} selected={selected} /> : undefined}
      </ReactFlow>
      <div className={css.tools}>
        <IconButton icon="minus" small label="Zoom out" keys="-" onClick={() => zoom(0.8)} />
        <IconButton icon="plus" small label="Zoom in" keys="+" onClick={() => zoom(1.25)} />
        <IconButton icon="fit" small label="Fit the graph" keys="0" onClick={fit} />
      </div>
      <p className={css.said} role="status">
        {selected ?? ''}
      </p>
    </div>
  );
}

function boxesOf(layout: Layout, breakpoints: readonly Breakpoint[]): readonly Box[] & Box[] {
  return layout.nodes.map(({ node, x, y, width, height }) => ({
    id: node.id,
    type: 'box',
    position: { x, y },
    ...(node.parent === undefined ? {} : { parentId: node.parent }),
    width,
    height,
    // Known beforehand, so that nothing need be measured.
    measured: { width, height },
    handles: [],
    data: { node, breakpoints: breakpoints.filter((one) => one.node === node.name) },
  }));
}

/** All of the graph where it can be read so; else its beginning. */
function show(flow: ReactFlowInstance<Box>, box: HTMLElement, layout: Layout): void {
  const whole = wholeOf(layout, box);
  if (whole.zoom >= readableFrom) {
    void flow.setViewport(whole);
    return;
  }
  const first = layout.nodes.find(({ node }) => node.kind === 'start') ?? layout.nodes[0];
  const middle = first === undefined ? 0 : first.left + first.width / 2;
  void flow.setViewport({
    x: box.clientWidth / 2 - middle * readableFrom,
    y: toolsPx - (first?.top ?? 0) * readableFrom,
    zoom: readableFrom,
  });
}

/** The view in which all of the graph is in sight, below the tools. */
function wholeOf({ width, height }: Layout, box: HTMLElement): Viewport {
  const room = { width: box.clientWidth - 2 * edgePx, height: box.clientHeight - edgePx - toolsPx };
  const zoom = Math.max(leastZoom, Math.min(mostAtFirst, room.width / width, room.height / height));
  return {
    x: (box.clientWidth - width * zoom) / 2,
    y: toolsPx + Math.max(0, (room.height - height * zoom) / 2),
    zoom,
  };
}

/** Brings a node into sight where it is not. */
function reveal(
  flow: ReactFlowInstance<Box> | undefined,
  box: HTMLElement | null,
  place: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): void {
  if (flow === undefined || box === null) return;
  const { x, y, zoom } = flow.getViewport();
  const [left, top] = [place.left * zoom + x, place.top * zoom + y];
  const isSeen =
    left >= 0 &&
    top >= 0 &&
    left + place.width * zoom <= box.clientWidth &&
    top + place.height * zoom <= box.clientHeight;
  if (isSeen) return;
  void flow.setCenter(place.left + place.width / 2, place.top + place.height / 2, { zoom, ...quick });
}
