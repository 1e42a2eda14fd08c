"""Addresses of billing below the admin."""

from django.urls import path

from . import staff_views

app_name = "cop_billing"
urlpatterns = [
    path("accounts/<key:pk>/", staff_views.AccountView.as_view(), name="account"),
    path("accounts/<key:pk>/pay/", staff_views.PaymentView.as_view(), name="pay"),
    path("accounts/<key:pk>/invoice/", staff_views.IssueView.as_view(), name="issue"),
    path("accounts/<key:pk>/refund/", staff_views.ListRefundView.as_view(), name="list_refund"),
    path("invoices/<key:pk>/pdf/", staff_views.InvoicePdfView.as_view(), name="invoice_pdf"),
    path("payments/<key:pk>/pdf/", staff_views.ReceiptPdfView.as_view(), name="receipt_pdf"),
    path("payments/<key:pk>/cancellation/", staff_views.CancelledReceiptPdfView.as_view(), name="cancellation_pdf"),
    path("refunds/<key:pk>/withdraw/", staff_views.WithdrawRefundView.as_view(), name="withdraw_refund"),
    path("refunds/<key:pk>/paid/", staff_views.RefundView.as_view(), name="refund"),
    path("rebates/list/", staff_views.ListRebatesView.as_view(), name="list_rebates"),
    path("rebates/<key:pk>/paid/", staff_views.RebateView.as_view(), name="rebate"),
]
