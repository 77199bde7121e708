import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {Component, onMounted, onWillUnmount, xml} from "@odoo/owl";

const INTERVAL = 5000;

/**
 * Call a function every few seconds while the page is looked at.
 *
 * Asking again is enough for a board, and works behind any proxy. A call that fails is
 * not told: the next one tells nothing else.
 *
 * @param {Function} refresh returns a promise
 */
function useLive(refresh) {
    let timer = null;
    const next = () => {
        timer = window.setTimeout(async () => {
            if (!document.hidden) {
                await refresh().catch(() => undefined);
            }
            if (timer !== null) {
                next();
            }
        }, INTERVAL);
    };
    onMounted(next);
    onWillUnmount(() => {
        window.clearTimeout(timer);
        timer = null;
    });
}

class NfeBatchLive extends Component {
    static template = xml`<span class="text-muted"><i class="fa fa-refresh"/></span>`;
    static props = {...standardWidgetProps};

    setup() {
        useLive(async () => {
            const {record} = this.props;
            if (record.resId && !(await record.isDirty())) {
                await record.load();
            }
        });
    }
}

class NfeBatchKanbanController extends KanbanController {
    setup() {
        super.setup();
        useLive(() => this.model.load());
    }
}

registry.category("view_widgets").add("nfe_batch_live", {component: NfeBatchLive});
registry
    .category("views")
    .add("nfe_batch_kanban", {...kanbanView, Controller: NfeBatchKanbanController});
