import {registry} from "@web/core/registry";

const back = {
    content: "Back to the order",
    trigger: ".o_breadcrumb .o_back_button",
    run: "click",
};

registry.category("web_tour.tours").add("test_industry_b2c.order", {
    steps: () => [
        {
            content: "The axes of the order stand above its sheet",
            trigger: "[name=b2c_axes] [name=b2c_order_state]:contains(Pronto)",
        },
        {
            content: "The channel accepted the NF-e",
            trigger: "[name=b2c_axes] [name=b2c_fiscal_state]:contains(Aceita)",
        },
        {
            content: "The parcel has its label",
            trigger: "[name=b2c_axes] [name=b2c_parcel_state]:contains(Etiqueta)",
        },
        {
            content: "Open what the channel told",
            trigger: ".o_notebook a[name=b2c_timeline]",
            run: "click",
        },
        {
            content: "Every fact is in the log",
            trigger: "[name=b2c_event_ids] .o_data_row:eq(3)",
        },
        {
            content: "Open the note",
            trigger: "button[name=action_view_b2c_nfe]",
            run: "click",
        },
        {
            content: "The SEFAZ authorised it",
            trigger: ".o_form_statusbar [name=state_edoc]:contains(Autorizada)",
        },
        {
            content: "Open the page of the NF-e",
            trigger: ".o_notebook a[name=nfe_batch]",
            run: "click",
        },
        {
            content: "It has a protocol",
            trigger: "[name=authorization_protocol]:contains(/^\\d{15}$/)",
        },
        {
            content: "Its label can be opened",
            trigger: ".o_notebook button[name=action_nfe_open_label]",
        },
        back,
        {
            content: "Open the parcel",
            trigger: "button[name=action_view_marketplace_parcels]",
            run: "click",
        },
        {
            trigger: ".o_data_row [name=external_id]:contains(S9001)",
            run: "click",
        },
        {
            content: "The channel has the note",
            trigger: ".o_form_view [name=invoice_state]:contains(Aceita)",
        },
        {
            content: "The label shows as a page",
            trigger: "[name=label_pdf] iframe:visible",
        },
        {
            content: "It is drawn",
            trigger: ":iframe .page[data-loaded=true] canvas",
        },
        {
            content: "It can be printed",
            trigger: ".o_form_statusbar button[name=action_print_label]",
        },
    ],
});
